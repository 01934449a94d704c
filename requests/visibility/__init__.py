"""Who sees what: the rule, the policies, the private fields, whom a request reaches."""
