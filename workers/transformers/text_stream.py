"""From token ids to the texts that are sent: whole characters, stop strings cut, reasoning told from answer."""


class Decoder:
    """Ids to text, piece by piece. One token may be half a character, and a tokenizer may write a token differently
    after another one; so a piece is what the text of the last tokens has more than before."""

    def __init__(self, text_of):
        self._text_of = text_of
        self._ids = []
        self._begin = 0  # tokens before it are not looked at any more
        self._told = 0  # tokens whose text has been given

    def push(self, token):
        self._ids.append(token)

    def take(self, last):
        """What the tokens since the last call added. `last`: also half a character, as U+FFFD."""
        if self._told == len(self._ids):
            return ""
        before = self._text_of(self._ids[self._begin:self._told])
        text = self._text_of(self._ids[self._begin:])
        if not last and (text.endswith("\ufffd") or len(text) < len(before)):
            return ""
        self._begin, self._told = self._told, len(self._ids)
        return text[len(before):]


def cut_at_stop(text, stops):
    """(text before the first stop string, True), or (what is surely no beginning of one, False)."""
    found = [at for at in (text.find(stop) for stop in stops) if at >= 0]
    if found:
        return text[:min(found)], True
    held = max((n for stop in stops for n in range(1, len(stop)) if text.endswith(stop[:n])), default=0)
    return text[:len(text) - held], False


class TextStream:
    """One answer. `think`: (begin id, end id) of the tokens around reasoning, or None; they are in neither text and
    count as reasoning. Text is made in take(), not in push(), unless a stop string must be looked for."""

    ANSWER, REASONING = 0, 1

    def __init__(self, text_of, stops, think=None, opened=False):
        self._answer, self._reasoning = Decoder(text_of), Decoder(text_of)
        self._stops = stops
        self._think = think or (None, None)
        self._inside = opened
        self._unstopped = ""  # may be the beginning of a stop string
        self._ready = ""
        self._stopped = False

    def push(self, token):
        """The kind of the token, and whether a stop string is complete: then nothing after it will be sent."""
        if token in self._think and token is not None:
            self._inside = token == self._think[0]
            return self.REASONING, False
        if self._inside:
            self._reasoning.push(token)
            return self.REASONING, False
        self._answer.push(token)
        if self._stops:
            self._search(last=False)
        return self.ANSWER, self._stopped

    def _search(self, last):
        if self._stopped:
            return
        self._unstopped += self._answer.take(last)
        sure, self._stopped = cut_at_stop(self._unstopped, self._stops)
        self._ready += sure
        self._unstopped = self._unstopped[len(sure):]

    def take(self, last):
        """(answer, reasoning) since the last call. `last`: no more will come, so everything that waited goes."""
        self._search(last)
        text, self._ready = self._ready, ""
        if last and not self._stopped:
            text, self._unstopped = text + self._unstopped, ""
        return text, self._reasoning.take(last)
