"""Which encoding a text was in, told by what comes out of it."""

from __future__ import annotations


def looks_chinese(text: str) -> bool:
    """Say whether what is not ASCII in a text that was decoded as GBK is nearly all Chinese in common use.

    GBK accepts nearly any bytes, so that it can be read as GBK says nothing: rare characters give a wrong one away.

    >>> looks_chinese("江城宾馆"), looks_chinese("江城".encode().decode("gb18030", "ignore")), looks_chinese("")
    (True, False, False)
    """
    unusual = [letter for letter in text if ord(letter) > 127][:5000]
    return bool(unusual) and sum(map(_is_common, unusual)) >= 0.85 * len(unusual)


def _is_common(letter: str) -> bool:
    try:
        return len(letter.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
