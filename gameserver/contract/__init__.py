"""The one place where messages of the contract become values of the domain, and back."""
