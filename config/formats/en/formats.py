"""Days and hours in English: the day first, the month in letters, hours to 24, no full stops.

Django's own English form ends a time with "p.m.", whose full stop runs into the sentence's own,
and shortens months in a way that readers of a second language have to guess.
"""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
