/* calendar.c — proleptic Gregorian calendar arithmetic on whole days.
 * Years are counted from March, so that the leap day is the last of its year; a 400-year era has 146,097 days. */
#include "object/calendar.h"

#include <math.h>

#define DAY_MS 86400000.0
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */
#define YEAR_MAX 9999

static int64_t days_from_date(int64_t year, uint32_t month, uint32_t day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH_DAYS;
}

static void date_from_days(int64_t days, DateObj *out_date) {
    days += EPOCH_DAYS;
    int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
    int64_t day_of_era = days - era * ERA_DAYS;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    out_date->day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1);
    out_date->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    out_date->year = (int32_t)(year_of_era + era * 400 + (out_date->month <= 2));
}

double calendar_to_ms(const DateObj *date) {
    double seconds = date->hour * 3600.0 + date->minute * 60.0 + date->second - date->offset_minutes * 60.0;
    double days = (double)days_from_date(date->year, date->month, date->day);
    return days * DAY_MS + seconds * 1000 + floor(date->microsecond / 1000.0);
}

bool calendar_from_ms(double ms, DateObj *out_date) {
    if (!(fabs(ms) < (YEAR_MAX + 1.0) * 366 * DAY_MS)) return false;
    memset(out_date, 0, sizeof *out_date);
    ms = floor(ms);
    double days = floor(ms / DAY_MS);
    uint32_t rest = (uint32_t)(ms - days * DAY_MS);
    date_from_days((int64_t)days, out_date);
    out_date->hour = (uint8_t)(rest / 3600000);
    out_date->minute = (uint8_t)(rest / 60000 % 60);
    out_date->second = (uint8_t)(rest / 1000 % 60);
    out_date->microsecond = rest % 1000 * 1000;
    out_date->has_offset = true;
    return out_date->year >= -YEAR_MAX && out_date->year <= YEAR_MAX;
}
