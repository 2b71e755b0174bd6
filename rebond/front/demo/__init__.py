"""The demonstration network: invented people, sellers and objects, made from one seed."""
