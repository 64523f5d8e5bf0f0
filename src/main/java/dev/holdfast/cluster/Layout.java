package dev.holdfast.cluster;

import dev.holdfast.config.Ensemble;

/** Where things are in ZooKeeper; see the package. */
record Layout(String root) {
    static Layout of(Ensemble ensemble, String site) {
        return new Layout(ensemble.path() + "/" + site);
    }

    /** Its children are one or none; its data is what {@link #open} said last, so that a release can say it again. */
    String switchParent() {
        return root + "/switch";
    }

    /** There: forward. Its data says where to. */
    String open() {
        return root + "/switch/open";
    }

    String nodes() {
        return root + "/nodes";
    }

    String node(String name) {
        return nodes() + "/" + name;
    }

    String known() {
        return root + "/known";
    }

    String known(String name) {
        return known() + "/" + name;
    }
}
