"""What is measured, each in a process of its own: `main(order)` says its results."""
