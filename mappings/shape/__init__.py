"""The mapping machinery: shape (one resource, both ways), graph (several from one aggregate), merge (three ways)."""
