"""The local mirror of the national register: units and sub-units as the register tells them."""
