package dev.holdfast.web;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;

/** A connection over HTTP/1.1 with one request. Some leave early; who is patient, and did nothing wrong, hears the answer out. */
final class FuzzedVisit {
    private final Random random;
    private final Socket socket;
    private final FuzzedRequest request;
    private final Consumer<String> complaints;

    private FuzzedVisit(Socket socket, Random random, Consumer<String> complaints) {
        this.random = random;
        this.socket = socket;
        this.request = FuzzedRequest.next(random);
        this.complaints = complaints;
    }

    static void to(int port, Random random, int patienceMillis, Consumer<String> complaints) throws IOException {
        try (Wire client = new Wire(port)) {
            new FuzzedVisit(client.socket(), random, complaints).run(patienceMillis);
        }
    }

    private void run(int patienceMillis) throws IOException {
        boolean leavesEarly = random.nextInt(8) == 0;
        boolean patient = request.valid() && !leavesEarly && random.nextInt(4) > 0;
        byte[] bytes = leavesEarly
                ? java.util.Arrays.copyOf(request.bytes(), random.nextInt(request.bytes().length))
                : request.bytes();
        RawClient client = new RawClient(socket);
        socket.setSoTimeout(patient ? patienceMillis : 1 + random.nextInt(300));
        try {
            FuzzedUpstream.Pieces.send(bytes, socket.getOutputStream(), random);
        } catch (IOException answeredEarly) {
            return;
        }
        if (leavesEarly && random.nextBoolean()) {
            client.reset();
        } else if (patient) {
            hearOut(client);
        } else {
            hearStart();
        }
    }

    private void hearOut(RawClient client) {
        String heard = "nothing";
        try {
            RawClient.Answer head = client.readHead();
            while (head.status() == 100) {
                head = client.readHead();
            }
            heard = "only the head " + head;
            boolean bodyless = request.method().equals("HEAD") || head.status() == 204 || head.status() == 304;
            boolean stream = head.fields().containsKey("X-Stream");
            if (!bodyless && !stream) { // which may be silent for as long as it likes
                client.readBody(head);
            }
        } catch (SocketTimeoutException silence) {
            complaints.accept("got " + heard + " in time: " + request);
        } catch (IOException cut) {
            // As the upstream was.
        }
    }

    /** What is no HTTP/1 any more may be answered as HTTP/0.9, without a head. */
    private void hearStart() {
        String start = "";
        try {
            start = new String(socket.getInputStream().readNBytes(7), StandardCharsets.ISO_8859_1);
        } catch (IOException cutOrSilent) {
            return;
        }
        if (request.valid() && !start.isEmpty() && !start.startsWith("HTTP/1.")) {
            complaints.accept("not HTTP: " + start + " to " + new String(request.bytes(), StandardCharsets.ISO_8859_1));
        }
    }
}
