"""What people said, on one line."""

from supportnet.notices.text_direction import joined


def in_words(answers):
    """Questions and their answers one after the other: "Where do you live? By the river · Who knows you? Bo"."""
    return " · ".join(joined(answer, " ") for answer in answers)
