"""The refusal of a tournament: its one exception."""


class TournamentRefused(ValueError):
    """A setting or an act that cannot be. Nothing has changed.

    `field` is a path, `code` says which kind of no it is.
    """

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field
