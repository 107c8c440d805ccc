"""mlx_lm.server with our tiny model as a folder; on Linux it computes on the processor."""

import unittest

from servers import EngineTest, free_port, known_servers, needs_server
from spoken import Spoken


@needs_server("mlx")
class Mlx(Spoken, EngineTest):
    claims = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder, floats = cls.make_model("tiny"), cls.make_model("tiny.gguf")
        port = free_port()
        # Its list of models needs a cache folder to look through.
        (cls.shared / "hub").mkdir()
        cls.server = cls.serve([known_servers()["mlx"], "-m", "mlx_lm", "server", "--model", folder, "--host", "127.0.0.1", "--port", port],
                               port, "/health", HF_HOME=str(cls.shared), HF_HUB_OFFLINE="1")
        cls.model, cls.reference = f"mlx:{cls.server.url}/v1#{folder}", f"llama:{floats}"


if __name__ == "__main__":
    unittest.main()
