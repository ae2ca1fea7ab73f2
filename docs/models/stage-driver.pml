/*
 * How a signal is brought from stage to stage. Written from the rules, not from our driver, so that neither repeats the other's slips.
 *
 *   link 0: main street    link 1: side street    link 2: walkers over the side street's way, beside the main street
 *   stage 0: links 0 and 2    stage 1: link 1
 *
 * Time runs in ticks. Which stage is wanted, and when walks of a stage that stays end and begin again, is left open.
 *
 *   spin -a stage-driver.pml; gcc -O2 -DSAFETY -DNOCLAIM -o pan pan.c; ./pan      asserts: conflicts, yellow, least greens, clearance
 *   spin -a stage-driver.pml; gcc -O2 -o pan pan.c; ./pan -a -N ends              every change comes to its end
 *
 * -DPLANT=1..6 plants an error that spin has to find. -DTRACE=n follows n ticks that a real driver showed, in trace.pml: the assert at their end fails when these rules allow all of them.
 */
#define YELLOW_TIME 2
#define CHANGE_TIME 3                /* yellow and red clearance */
#define GREEN_TIME 2
#define WALK_TIME 2
#define CLEAR_TIME 5                 /* of walkers */
#define LONG 7                       /* what is counted is counted to here */
#ifndef PLANT
#define PLANT 0
#endif

mtype:lamp = { red, green, yellow };

mtype:lamp shows[3];
byte held[3];                        /* ticks in the present lamp */
byte gone[3];                        /* ticks since the last green ended */
byte stage, target;

/* What an onlooker has counted, for the asserts alone. */
mtype:lamp was[3];
byte seen[3];
byte ended[3];

#define in_stage(l, s)  (((s) == 0 && (l) != 1) || ((s) == 1 && (l) == 1))
#define leaves(l)       (shows[l] == green && !in_stage(l, target))
#define least(l)        ((l) == 2 -> WALK_TIME : (PLANT == 3 -> 0 : GREEN_TIME))
#define may_leave(l)    (!leaves(l) || held[l] >= least(l))
#define red_for(l, n)   (shows[l] == red && gone[l] >= (n))
#define may_begin_0     (held[0] > 0 && red_for(1, (PLANT == 4 -> YELLOW_TIME : CHANGE_TIME)))
#define may_begin_1     (held[1] > 0 && red_for(0, CHANGE_TIME) && red_for(2, (PLANT == 2 -> CHANGE_TIME : CLEAR_TIME)))
#define may_begin_2     (held[2] > 0 && red_for(1, CHANGE_TIME))

inline turn(l, to) {
    if :: shows[l] == green -> gone[l] = 0 :: else fi;
    shows[l] = to; held[l] = 0
}

inline tell_time(l) {
    if :: held[l] < LONG -> held[l]++ :: else fi;
    if :: gone[l] < LONG -> gone[l]++ :: else fi
}

inline end_yellow(l) {
    if
    :: shows[l] == yellow && held[l] >= (PLANT == 1 -> YELLOW_TIME - 1 : YELLOW_TIME) -> turn(l, red)
    :: else
    fi
}

inline end_vehicles(l) {
    if :: leaves(l) -> turn(l, (PLANT == 6 -> red : yellow)) :: else fi
}

inline begin(l, may) {
    if :: in_stage(l, target) && shows[l] == red && may -> turn(l, green) :: else fi
}

inline count(l) {
    if :: seen[l] < LONG -> seen[l]++ :: else fi;
    if :: ended[l] < LONG -> ended[l]++ :: else fi
}

inline look_at(l) {
    if
    :: shows[l] != was[l] ->
        assert(was[l] != green || l == 2 || (shows[l] == yellow && seen[l] >= GREEN_TIME));
        assert(was[l] != green || l != 2 || (shows[l] == red && seen[l] >= WALK_TIME));
        assert(was[l] != yellow || (shows[l] == red && seen[l] == YELLOW_TIME));
        assert(was[l] != red || shows[l] == green);
        if :: was[l] == green -> ended[l] = 0 :: else fi;
        assert(shows[l] != green || l != 1 || (ended[0] >= CHANGE_TIME && ended[2] >= CLEAR_TIME));
        assert(shows[l] != green || l == 1 || ended[1] >= CHANGE_TIME);
        was[l] = shows[l]; seen[l] = 0
    :: else
    fi
}

inline look() {
    count(0); count(1); count(2);
    look_at(0); look_at(2); look_at(1);
    assert(!(shows[1] == green && (shows[0] != red || shows[2] != red)));
    assert(!(shows[1] == yellow && (shows[0] == green || shows[2] == green)))
}

#ifdef TRACE
/* One row per tick: the lamps of the three links. */
#include "trace.pml"
int at;
#define shown(l)  ((shows[l] == red && c_expr { trace[now.at][l] == 0 }) || (shows[l] == green && c_expr { trace[now.at][l] == 1 }) || (shows[l] == yellow && c_expr { trace[now.at][l] == 2 }))
#endif

init {
    atomic {
        shows[0] = green; shows[1] = red; shows[2] = green;
        was[0] = green; was[1] = red; was[2] = green
    };
    do
    :: atomic {
        tell_time(0); tell_time(1); tell_time(2);
        end_yellow(0); end_yellow(1);
        if
        :: stage == target ->
            if :: target = 0 :: target = 1 fi
        :: else
        fi;
        if
        :: stage != target && may_leave(0) && may_leave(1) && may_leave(2) ->
            if :: leaves(2) -> turn(2, red) :: else fi;
            /* Vehicles that go beside the walkers stay green until the rest of the clearance fits in their change. */
            if
            :: target == 1 && PLANT != 2 && gone[2] + CHANGE_TIME < CLEAR_TIME -> if :: PLANT == 5 -> gone[2] = 0 :: else fi
            :: else -> end_vehicles(0); end_vehicles(1)
            fi
        :: stage == target && stage == 0 ->
            if
            :: shows[2] == green && held[2] >= WALK_TIME -> turn(2, red)
            :: shows[2] == red && may_begin_2 -> turn(2, green)
            :: skip
            fi
        :: else
        fi;
        begin(0, may_begin_0);
        begin(1, may_begin_1);
        if :: stage != target -> begin(2, may_begin_2) :: else fi;
        if
        :: in_stage(0, target) == (shows[0] == green) && in_stage(1, target) == (shows[1] == green) && in_stage(2, target) == (shows[2] == green) -> stage = target
        :: else
        fi;
#ifndef TRACE
        look()
#else
        shown(0) && shown(1) && shown(2);
        at++;
        if
        :: at == TRACE -> assert(false)
        :: else
        fi
#endif
       }
    od
}

#ifndef TRACE
ltl ends { [] <> (stage == target) }
#endif
