"""An application whose dependency builds its engine through two other modules."""
