"""The local sentence encoder: texts become unit vectors on this machine, without torch and without the network.

    encoder = open_encoder(folder=None, cache=Path("~/.cache/patient-support-bot"))    # or raises EncoderMissing
    vectors = VectorCache(path, encoder).vectors(phrasings)                            # n x 384, from disk when known

The model is all-MiniLM-L6-v2 (Apache-2.0). Its weights are turned once into a graph with 8-bit weights, kept in the
cache folder; from then on only numpy, onnxruntime and tokenizers are used. No thread is started.
"""

from bot.encoder.encoding import WIDTH, Encoder, Progress, TokenStates
from bot.encoder.opening import identity, open_encoder
from bot.encoder.problems import EncoderMissing
from bot.encoder.vectors import Encodes, VectorCache, vectors_file

__all__ = [
    "WIDTH",
    "Encoder",
    "EncoderMissing",
    "Encodes",
    "Progress",
    "TokenStates",
    "VectorCache",
    "identity",
    "open_encoder",
    "vectors_file",
]
