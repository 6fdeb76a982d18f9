"""What each round taught the organisation, also when nobody was hired."""
