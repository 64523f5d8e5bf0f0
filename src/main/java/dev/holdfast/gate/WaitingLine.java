package dev.holdfast.gate;

/**
 * Those who wait, in the order of their arrival. A doubly linked list through the requests themselves: joining the end and
 * leaving from anywhere take one step and no memory. Guarded by the {@link WaitingRoom}.
 */
final class WaitingLine {
    private HeldRequest first;
    private HeldRequest last;
    private int size;

    int size() {
        return size;
    }

    /** The one who waits longest; null when nobody does. */
    HeldRequest first() {
        return first;
    }

    /** The one whose time is over first: the first of those who stand where they arrived, or one before it that does not. */
    HeldRequest firstToExpire() {
        HeldRequest earliest = first;
        for (HeldRequest each = first; each != null && each.placeNanos != each.arrivalNanos; ) {
            each = each.after;
            if (each != null && each.arrivalNanos - earliest.arrivalNanos < 0) {
                earliest = each;
            }
        }
        return earliest;
    }

    /** The newcomer takes the place of one who leaves. */
    void replace(HeldRequest old, HeldRequest request) {
        request.placeNanos = old.placeNanos;
        insert(request, old);
        remove(old);
    }

    /** A newcomer: its place is the end, or next to it when two threads raced to get here. */
    void join(HeldRequest request) {
        HeldRequest before = last;
        while (before != null && before.placeNanos - request.placeNanos > 0) {
            before = before.before;
        }
        insert(request, before);
    }

    /** One who was here already, or had passed before all others came: its old place is near the head. */
    void rejoin(HeldRequest request) {
        HeldRequest after = first;
        while (after != null && after.placeNanos - request.placeNanos < 0) {
            after = after.after;
        }
        insert(request, after == null ? last : after.before);
    }

    void remove(HeldRequest request) {
        if (request.before == null) {
            first = request.after;
        } else {
            request.before.after = request.after;
        }
        if (request.after == null) {
            last = request.before;
        } else {
            request.after.before = request.before;
        }
        request.before = null;
        request.after = null;
        size--;
    }

    private void insert(HeldRequest request, HeldRequest before) {
        HeldRequest after = before == null ? first : before.after;
        request.before = before;
        request.after = after;
        if (before == null) {
            first = request;
        } else {
            before.after = request;
        }
        if (after == null) {
            last = request;
        } else {
            after.before = request;
        }
        size++;
    }
}
