"""The week's suggestions chosen together: an assignment under rules, some places drawn by lot."""
