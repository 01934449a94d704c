"""The organizers' panel: who may enter, and what its pages do. The rooms register their own pages on it."""
