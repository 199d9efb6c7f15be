"""A fingerprint that two people can compare by voice: twelve words for twelve bytes.

The list is our own. No word begins another, and any two differ in at least two letters.
Source: docs/grant-format.md, "Fingerprint words".
"""

import re

_LIST = """
abacus acorn almond alphabet amber anchor apple apricot apron autumn avocado badge bagel balcony
bamboo banjo basket beacon bicycle birch biscuit blanket blossom bottle branch bread breeze brick
bridge bronze broom brush button cactus calendar camera candle caravan carbon carpet castle cedar
celery chalk chestnut chimney cinnamon circle clover cobalt cocoa coffee comet compass copper
coral cotton crayon cricket crimson crystal cupboard curtain cushion cypress daisy desert diamond
dolphin domino donkey dragonfly echo elastic eleven emerald engine envelope fabric falcon festival
fiddle flannel flint flute forest fourteen galaxy gallery garden garlic gate ginger glacier glass
goblet granite guitar hammer harbour harvest hazel helmet hexagon hill honey horizon hundred
iceberg indigo island ivory jasmine jigsaw jug juniper kayak kettle keyboard keyhole kitchen
ladder lagoon lake lamp lantern lavender lemon library lighthouse lilac linen lizard lobster lotus
lunch magnet marble meadow melon metal midnight mirror mitten monday mosaic motor mountain muffin
mushroom mustard napkin nectar needle nickel noodle north notebook nutmeg oak oatmeal ocean office
olive onion orange orbit orchard otter oven oxygen pancake parcel parrot parsley pasture pebble
pelican pencil pepper piano picnic pigeon pillow pond poplar potato prism pumpkin purple pyramid
quartz quilt rabbit radish raft railway rainbow raisin raspberry ribbon river robin rope rosemary
ruby saffron sapphire saturday scarf shelf shovel signal sledge sparrow spinach spiral spruce
square station stone straw summit sunset swan tangerine tassel teacup teapot telescope thistle
ticket timber topaz tower triangle trumpet tulip turnip turquoise twelve twenty umbrella vanilla
velvet village vinegar violet volcano walnut window workshop wren xylophone yogurt zebra
"""

WORDS: tuple[str, ...] = tuple(_LIST.split())

FINGERPRINT_WORDS = 12  # 96 bits: nobody can make a second charter with the same ones

_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


def fingerprint_words(digest_hex: str) -> str:
    """Name the first twelve bytes of a SHA-256 by one word each, with spaces between.

    Raises:
        ValueError: not 64 lower-case hex digits.
    """
    return " ".join(_words(digest_hex))


def words_match(text: str, digest_hex: str) -> bool:
    """Say whether somebody typed the words, or the whole hex, of a digest.

    Case, white space and dashes do not matter. Because no word begins another, words run
    together can be read in one way only.

    Raises:
        ValueError: ``digest_hex`` is not 64 lower-case hex digits.
    """
    typed = re.sub(r"[\s-]", "", text).lower()
    return typed in ("".join(_words(digest_hex)), digest_hex)


def _words(digest_hex: str) -> list[str]:
    if not _HEX_DIGEST.fullmatch(digest_hex):
        raise ValueError("a digest has 64 lower-case hex digits")
    return [WORDS[byte] for byte in bytes.fromhex(digest_hex)[:FINGERPRINT_WORDS]]
