"""What several simple runtimes share: a cache as long as its tokens, activations of one layer."""
