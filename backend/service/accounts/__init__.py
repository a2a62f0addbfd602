"""Accounts: guests, names, passwords, sign-ins."""
