"""The authoring schema: what a record in `data/*.yaml` must look like. Used when tables change."""
