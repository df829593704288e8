"""The local sentence encoder: texts become unit vectors on this machine, without torch and without the network.

    encoder = open_encoder(folder=None, cache=Path("~/.cache/patient-support-bot"))    # or raises EncoderMissing
    stored = VectorCache(path, encoder).facets(phrasings)                              # from disk when known
    stored.meanings @ encoder.encode([question])[0]                                    # what is near in meaning
    stored.at([3, 5])                                                                  # 2 x 11 x 384, for the few

The model is all-MiniLM-L6-v2 (Apache-2.0). Its weights are turned once into a graph with 8-bit weights, kept in the
cache folder; from then on only numpy, onnxruntime and tokenizers are used. No thread is started.
"""

from bot.encoder.encoding import FACETS, WIDTH, Encoder, Progress, TokenStates
from bot.encoder.opening import identity, open_encoder
from bot.encoder.problems import EncoderMissing
from bot.encoder.stored import StoredFacets
from bot.encoder.vectors import Encodes, VectorCache, vectors_file

__all__ = [
    "FACETS",
    "WIDTH",
    "Encoder",
    "EncoderMissing",
    "Encodes",
    "Progress",
    "StoredFacets",
    "TokenStates",
    "VectorCache",
    "identity",
    "open_encoder",
    "vectors_file",
]
