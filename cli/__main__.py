"""Reads the command line."""
def main() -> int:
    print("hello")
    return 0
if __name__ == "__main__":
    raise SystemExit(main())
