"""What a page that opens by a link from a mail may say of a circle: people pass mails on, and leave circles."""

from .models import Circle


def name_for(reader, circle_id):
    """The circle's name while `reader` is in it and may see it, else None. One query."""
    return Circle.objects.visible_to(reader).filter(pk=circle_id).values_list("name", flat=True).first()
