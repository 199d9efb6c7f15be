"""Where labels on datasets are; part of ``governance.urls``."""

from django.urls import path

from governance.views import label_acts, label_audio, label_hub, labels

_HERE = "communities/<slug:slug>/"
_LABEL = _HERE + "labels/<uuid:label_id>/"
_ON = _HERE + "datasets/<slug:dataset_slug>/labels/new/"

label_patterns = [
    path(_HERE + "labels/", labels.label_list, name="labels"),
    path(_ON, labels.label_choose, name="label-choose"),
    path(_ON + "<slug:code>/", labels.label_new, name="label-new"),
    path(_LABEL, labels.label_detail, name="label"),
    path(_LABEL + "text/", label_acts.label_text, name="label-text"),
    path(_LABEL + "numbers/", label_acts.label_numbers, name="label-numbers"),
    path(_LABEL + "clauses/<int:clause_id>/", label_acts.label_clause, name="label-clause"),
    path(_LABEL + "review/", label_acts.label_review, name="label-review"),
    path(_LABEL + "take-off/", label_acts.label_take_off, name="label-take-off"),
    path(_LABEL + "hub/", label_hub.label_hub, name="label-hub"),
    path(
        "labels/<uuid:label_id>/audio/<int:text_id>/", label_audio.label_audio, name="label-audio"
    ),
]
