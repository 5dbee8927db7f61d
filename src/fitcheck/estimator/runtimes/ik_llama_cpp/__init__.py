"""ik_llama.cpp: llama.cpp's rules but for whole windows and merged steps in the graph."""
