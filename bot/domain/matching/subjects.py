"""Everyday words that make a question one about another part of the body, another operation or somebody else.

Everyday, so that no rarity betrays them; yet an answer about one of them is wrong for another. Compiled by hand.
"""

from __future__ import annotations

from bot.domain.common_words import word_set

OTHER_SUBJECTS = word_set(
    """
    hip hips knee knees ankle ankles shoulder shoulders elbow elbows wrist wrists neck heart lung lungs brain liver
    kidney kidneys stomach bowel bladder eye eyes ear ears nose throat tooth teeth jaw breast skin muscle muscles
    nerve nerves foot feet toe toes finger fingers hand hands leg legs arm arms rib ribs skull womb prostate thyroid
    replacement transplant bypass caesarean section cesarean cataract hernia appendix tonsils implant biopsy mri scan
    dog dogs cat cats puppy kitten horse pony rabbit pet pets
    baby babies infant infants newborn toddler toddlers child children kid kids teenager teenagers
    pregnant pregnancy breastfeeding
    dive diving ski skiing swim swimming run running cycle cycling climb climbing lie lying stand standing
    """
)
OPPOSED = (
    ("before", "after"), ("start", "stop"), ("starting", "stopping"), ("increase", "decrease"), ("raise", "lower"),
    ("sit", "stand"), ("gain", "lose"), ("open", "closed"), ("pregnant", "breastfeeding"), ("push", "pull"),
)  # fmt: skip
"""Words that turn one question into another when one stands in place of the other."""
NUMERALS = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
"""Roman numerals, which number only behind one of GRADED."""
GRADED = word_set("stage type grade class phase level")
CHILD_UNDER = 18
"""Years under which somebody is a child: no entry for adults may answer about one."""
