"""Models as Hugging Face keeps them: `config.json`, safetensors headers, quantization settings."""
