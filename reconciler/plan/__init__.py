"""From desired and live states to a plan. Pure: no AWS, no files, no clock."""
