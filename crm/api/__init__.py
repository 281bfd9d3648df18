"""The entrance for programs: the same acts and questions as the pages, as JSON, described by OpenAPI."""
