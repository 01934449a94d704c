"""A believable small town, to start with, to look at and to measure: data and builders."""
