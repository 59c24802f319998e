"""What citizens are told where no personal data are shown: that something has happened, and where to read it."""
