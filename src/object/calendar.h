/* calendar.h — DateTime objects ↔ milliseconds since 1970. */
#ifndef GENE_OBJECT_CALENDAR_H
#define GENE_OBJECT_CALENDAR_H

#include "object/scalar.h"

/* A DateTime without offset counts as UTC. */
double calendar_to_ms(const DateObj *date);
/* Fills a UTC DateTime; false when the year does not fit −9999…9999. The zone is left NULL. */
bool calendar_from_ms(double ms, DateObj *out_date);

#endif
