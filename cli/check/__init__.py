"""`talentloop check`: would these events be accepted?"""
