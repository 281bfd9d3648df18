"""Every page: one folder a blueprint, templates in the folder of the same name."""
