from django import template

from governance.labels import library

register = template.Library()


@register.filter
def label_name(code: str) -> str:
    """Name a label by its code; the code itself if the library does not know it."""
    label = library().get(code)
    return label.name if label else code


@register.filter
def label_holds(code: str) -> bool:
    """Say whether a label of this kind holds its dataset until it is reviewed."""
    label = library().get(code)
    return bool(label and label.hold)
