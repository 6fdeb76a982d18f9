"""The console's tables: sessions, and nothing of anybody's business."""
