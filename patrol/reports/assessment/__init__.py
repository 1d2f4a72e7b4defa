"""考核: schemes of indicators with points and targets that managers edit, and the districts' scores by them."""
