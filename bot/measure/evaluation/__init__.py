"""How good the answers are: questions with known answers put to the bot's own matching, and what came of them.

files        reads entries and questions, and says what is wrong with them by file and line
predicting   what the bot does with each question, out of fold where its labels calibrate it
figures      shares with their intervals, the risk-coverage curve, the mistakes (pure)
self_test    a knowledge base tried on its own texts: phrasings left out, entries that are taken for each other
report       all that for a terminal; `as_json` of it for other programs
command      `support-bot eval` and `support-bot knowledge calibrate`
"""
