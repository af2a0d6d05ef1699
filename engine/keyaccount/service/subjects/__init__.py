"""What is known of somebody over time, and the decisions that are made again when it changes."""
