"""Numbers that people type: identity, credit code, telephone, division and grid codes, report codes.

Every ``read_…`` function takes what a person typed, returns the one spelling that is stored, and raises a
:class:`PatrolError` that says what is wrong with it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from patrol.core.errors import PatrolError, problem
from patrol.core.ids import Rng

IDENTITY_SHAPE = problem(
    "core.identity_shape",
    en="An identity number has 17 digits and a last digit or X.",
    zh="居民身份证号码应为17位数字加1位数字或X。",
)
IDENTITY_DATE = problem(
    "core.identity_date",
    en="The date of birth in this identity number does not exist.",
    zh="身份证号码中的出生日期不存在。",
)
IDENTITY_CHECK = problem(
    "core.identity_check",
    en="The last digit of this identity number does not fit the others: please check the typing.",
    zh="身份证号码校验位不符，请核对是否输错。",
)
CREDIT_SHAPE = problem(
    "core.credit_shape",
    en="A unified social credit code has 18 digits or capital letters, without I, O, S, V and Z.",
    zh="统一社会信用代码应为18位数字或大写字母，且不含I、O、S、V、Z。",
)
CREDIT_CHECK = problem(
    "core.credit_check",
    en="The last character of this credit code does not fit the others: please check the typing.",
    zh="统一社会信用代码校验位不符，请核对是否输错。",
)
PHONE = problem(
    "core.phone",
    en="“{text}” is not a telephone number of mainland China.",
    zh="“{text}”不是有效的国内电话号码。",
)
DIVISION_CODE = problem(
    "core.division_code",
    en="“{text}” is not a division code: 2, 4, 6, 9 or 12 digits are expected.",
    zh="“{text}”不是有效的行政区划代码，应为2、4、6、9或12位数字。",
)
GRID_CODE = problem(
    "core.grid_code",
    en="“{text}” is not a grid code: {lengths} digits are expected.",
    zh="“{text}”不是有效的网格编码，应为{lengths}位数字。",
)
REPORT_CODE = problem(
    "core.report_code",
    en="This is not a report code: it has 26 letters and digits.",
    zh="查询码有误：应为26位字母和数字。",
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGIONS = frozenset(
    f"{number}"
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (81, 83),
        (71, 71),
        (91, 91),
    )
    for number in range(first, last + 1)
)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_DIVISION_LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "community"}


def _typed(text: str) -> str:
    """Full-width characters made half-width, blanks and hyphens removed."""
    return re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", text))


def read_identity_number(text: str) -> str:
    """Read an 18-character identity number (GB 11643-1999; permits for foreigners and HK/MO/TW as well).

    >>> read_identity_number("11010519491231002x")
    '11010519491231002X'
    """
    number = _typed(text).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise PatrolError(IDENTITY_SHAPE)
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise PatrolError(IDENTITY_DATE) from None
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    if "10X98765432"[total % 11] != number[17]:
        raise PatrolError(IDENTITY_CHECK)
    return number


def identity_region_is_known(number: str) -> bool:
    """Tell whether the first two digits name a region; an unknown one deserves a warning, not a refusal."""
    return number[:2] in _REGIONS


def read_credit_code(text: str) -> str:
    """Read a unified social credit code (GB 32100-2015) and verify its check character.

    >>> read_credit_code("9135 0100 M000 100Y 43")
    '91350100M000100Y43'
    """
    code = _typed(text).upper()
    if len(code) != 18 or any(letter not in _CREDIT_ALPHABET for letter in code):
        raise PatrolError(CREDIT_SHAPE)
    total = sum(_CREDIT_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    if _CREDIT_ALPHABET[(31 - total % 31) % 31] != code[17]:
        raise PatrolError(CREDIT_CHECK)
    return code


def organisation_code_is_sound(credit_code: str) -> bool:
    """Tell whether the organisation code within (positions 9–17, GB 11714) has its own check right."""
    body, check = credit_code[8:16], credit_code[16]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * _ORGANISATION_ALPHABET.index(letter) for w, letter in zip(weights, body, strict=True))
    return "0123456789X0"[(11 - total % 11) % 11 if total % 11 else 11] == check


def read_phone(text: str) -> str:
    """Read a mobile, landline, 400 or service number; +86 and blanks are dropped, digits are returned.

    >>> read_phone("+86 138-0013-8000"), read_phone("027-82811234"), read_phone("12315")
    ('13800138000', '02782811234', '12315')
    """
    number = re.sub(r"^(\+|00)86", "", re.sub(r"[()（）]", "", _typed(text)))
    shapes = r"1[3-9]\d{9}|861[3-9]\d{9}|0\d{2,3}\d{7,8}|400\d{7}|12315|12345|110"
    if not re.fullmatch(shapes, number, re.ASCII):
        raise PatrolError(PHONE, text=text.strip()[:40])
    return number[2:] if len(number) == 13 and number.startswith("86") else number


def read_division_code(text: str) -> str:
    """Read a division code (GB/T 2260 and statistical 9/12 digits); padding zeros are dropped.

    >>> read_division_code("420102000000"), read_division_code("420100"), read_division_code("420102002")
    ('420102', '4201', '420102002')
    """
    code = _typed(text)
    if not re.fullmatch(r"[1-9]\d(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?", code, re.ASCII):
        raise PatrolError(DIVISION_CODE, text=text.strip()[:40])
    for length, parent in ((12, 9), (9, 6), (6, 4), (4, 2)):
        if len(code) == length and not code[parent:].strip("0"):
            code = code[:parent]
    return code


def division_level(code: str) -> str:
    """Name the level of a division code: province, prefecture, county, township or community."""
    return _DIVISION_LEVELS[len(code)]


def division_parent(code: str) -> str | None:
    """Return the code of the division above, ``None`` for a province.

    >>> division_parent("420102002"), division_parent("42")
    ('420102', None)
    """
    return {12: code[:9], 9: code[:6], 6: code[:4], 4: code[:2]}.get(len(code))


def read_grid_code(text: str, lengths: tuple[int, ...] = (15,)) -> str:
    """Read a grid code: 15 digits (6 + 3 street + 3 community + 3), or the lengths a bureau has set."""
    code = _typed(text)
    if len(code) not in lengths or not (code.isascii() and code.isdigit()):
        raise PatrolError(GRID_CODE, text=text.strip()[:40], lengths="/".join(map(str, lengths)))
    return code


def new_report_code(rng: Rng) -> str:
    """Make the code by which a reporter without an account follows a report: 130 random bits."""
    value = rng.getrandbits(130)
    return "".join(_CROCKFORD[value >> 5 * place & 31] for place in reversed(range(26)))


def read_report_code(text: str) -> str:
    """Read a report code as people copy it: any case, blanks and hyphens; o is read as 0, i and l as 1.

    >>> read_report_code("OILA BCDE-FGHJ KMNP QRST VWXY Z0")
    '011abcdefghjkmnpqrstvwxyz0'
    """
    code = _typed(text).lower().translate(str.maketrans("oil", "011"))
    if len(code) != 26 or any(letter not in _CROCKFORD for letter in code):
        raise PatrolError(REPORT_CODE)
    return code


def show_report_code(code: str) -> str:
    """Group a report code for the eye: four characters at a time, upper case."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4)).upper()
