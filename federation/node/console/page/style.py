"""The page's one style sheet."""

CSS = """
:root { color-scheme: light dark; --ink: #1c2b2d; --soft: #55676a; --paper: #fbfaf6; --card: #fff;
  --line: #dcd8cc; --calm: #1f6f5c; --stop: #a3341c; --wait: #8a5a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebe6; --soft: #a9b5b2; --paper: #151b1b;
  --card: #1d2525; --line: #364242; --calm: #6fc7ae; --stop: #f08a6f; --wait: #e0b054 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font: 1.0625rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 46rem; margin: 0 auto; padding: 1.25rem 1rem 4rem }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; line-height: 1.25 }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem }
p { margin: .25rem 0 }
.soft { color: var(--soft); font-size: .9375rem }
.state { margin: 1rem 0; padding: .875rem 1rem; background: var(--card);
  border: 1px solid var(--line); border-left: .375rem solid var(--calm); border-radius: .5rem }
.state strong { font-size: 1.1875rem }
.state.stop { border-left-color: var(--stop) }
.state.wait { border-left-color: var(--wait) }
ul { list-style: none; margin: 0; padding: 0 }
li { padding: .625rem 0; border-top: 1px solid var(--line) }
li:first-child { border-top: 0 }
.calm { color: var(--calm) }
.stop-text { color: var(--stop); font-weight: 600 }
.wait-text { color: var(--wait) }
.row { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center;
  margin-top: .875rem }
a { color: inherit }
button, .button { display: inline-block; font: inherit; font-weight: 600; padding: .625rem 1.25rem;
  min-height: 2.75rem; border: 0; border-radius: .5rem; background: var(--calm);
  color: var(--paper); text-decoration: none; cursor: pointer }
.button.stop, button.stop { background: var(--stop) }
:focus-visible { outline: .1875rem solid var(--wait); outline-offset: .125rem }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600 }
input[type=text] { width: 100%; font: inherit; padding: .625rem .75rem; color: inherit;
  background: var(--card); border: 1px solid var(--soft); border-radius: .5rem }
"""
