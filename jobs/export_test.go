package jobs

// Assess is what a screening does with one row.
var Assess = assess
