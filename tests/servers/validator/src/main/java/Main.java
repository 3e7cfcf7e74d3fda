import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.hl7.fhir.r5.elementmodel.Manager.FhirFormat;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;
import org.hl7.fhir.utilities.FhirPublication;
import org.hl7.fhir.utilities.http.ManagedWebAccess;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.validation.ValidationEngine;
import org.hl7.fhir.validation.instance.InstanceValidator;
import org.hl7.fhir.validation.instance.advisor.BasePolicyAdvisorForFullValidation;
import org.hl7.fhir.validation.service.DisabledValidationPolicyAdvisor;
import org.hl7.fhir.validation.service.model.InstanceValidatorParameters;

/**
 * The HL7 validator (org.hl7.fhir.validation.ValidationEngine) for FHIR R4 on http://127.0.0.1:PORT: started once, asked many times, no other network.
 *   java -Dport=0 -Dparent=PID Main HOME [FOLDER ...]
 * HOME/.fhir/packages holds hl7.fhir.r4.core#4.0.1 and hl7.fhir.xver-extensions#0.1.0; each FOLDER holds further conformance resources (*.json).
 * Standard output says READY and the address, and nothing else. Leaves when the parent process leaves.
 *   question  POST a resource as JSON, the bytes judged as they are; header Profiles: canonical URLs to hold it against as well, comma separated
 *   answer    [{"severity", "code", "messageId", "location", "text"}]
 */
public class Main {
  /** A validator is kept, because building one reads a large table (12 ms), and renewed now and then, because it slowly collects memory. */
  static final int REUSE = 200;

  static ValidationEngine engine;
  static InstanceValidator validator;
  static int asked;

  public static void main(String[] args) {
    var out = System.out;
    System.setOut(System.err); // the validator prints its progress
    try {
      ProcessHandle.of(Long.getLong("parent")).orElseThrow().onExit().thenRun(() -> Runtime.getRuntime().halt(0));
      start(Path.of(args[0]), Arrays.stream(args).skip(1).map(Path::of).toList());
      ask("", "{\"resourceType\":\"Patient\",\"active\":true}".getBytes(StandardCharsets.UTF_8)); // warm
      out.println("READY " + serve());
    } catch (Throwable e) { // the engine's own threads would keep a half-started JVM alive
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  /** Answers from now on, one question after the other, and gives the address. */
  static String serve() throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer waits 40 ms for an acknowledgement
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.getInteger("port", 0)), 0);
    server.createContext("/", exchange -> {
      String profiles = exchange.getRequestHeaders().getFirst("Profiles");
      byte[] answer = ask(profiles == null ? "" : profiles, exchange.getRequestBody().readAllBytes()).toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Builds the engine from the local package folder only, then adds every *.json below the folders. */
  static void start(Path home, List<Path> folders) throws Exception {
    System.setProperty("user.home", home.toAbsolutePath().toString()); // the package cache is <user.home>/.fhir/packages
    ManagedWebAccess.setAccessPolicy(ManagedWebAccess.WebAccessPolicy.PROHIBITED);
    var parameters = new InstanceValidatorParameters()
        .setBestPracticeLevel(BestPracticeWarningLevel.Ignore)
        .setAssumeValidRestReferences(true) // relative references are type-checked, not fetched
        .setWantInvariantsInMessages(false)
        .setAllowExampleUrls(true);
    engine = new ValidationEngine.ValidationEngineBuilder().withVersion("4.0.1").withNoTerminologyServer()
        .withDefaultInstanceValidatorParameters(parameters).fromSource("hl7.fhir.r4.core#4.0.1");
    // needed although the builder has no server: else a SNOMED code ends in a NullPointerException as text
    engine.setTerminologyServer(null, null, FhirPublication.R4, false);
    var advisor = new DisabledValidationPolicyAdvisor(); // the same as "-disable-default-resource-fetcher" of the command line
    advisor.setPolicyAdvisor(new BasePolicyAdvisorForFullValidation(ReferenceValidationPolicy.CHECK_TYPE_IF_EXISTS, new HashSet<>()));
    engine.setPolicyAdvisor(advisor);
    var further = new ArrayList<Path>();
    for (Path folder : folders)
      try (var files = Files.walk(folder)) { files.filter(f -> f.toString().endsWith(".json")).sorted().forEach(further::add); }
    for (Path file : further) engine.seeResource(engine.loadResource(Files.readAllBytes(file), file.toString()));
    engine.prepare(); // snapshots for profiles that give only a differential
  }

  static JsonArray ask(String profiles, byte[] resource) {
    var messages = new ArrayList<ValidationMessage>();
    var issues = new JsonArray();
    try {
      if (validator == null || asked++ % REUSE == 0) validator = engine.getValidator(FhirFormat.JSON);
      validator.validate(null, messages, new ByteArrayInputStream(resource), FhirFormat.JSON, definitions(profiles));
    } catch (Throwable e) {
      validator = null; // never ask one again that threw
      issues.add(issue("fatal", "exception", e.getClass().getSimpleName(), "", String.valueOf(e.getMessage())));
    }
    for (var m : messages)
      issues.add(issue(m.getLevel().toCode(), m.getType() == null ? "" : m.getType().toCode(), m.getMessageId(), m.getLocation(), m.getMessage()));
    return issues;
  }

  static List<StructureDefinition> definitions(String profiles) {
    var found = new ArrayList<StructureDefinition>();
    for (String url : profiles.split(",")) {
      if (url.isBlank()) continue;
      var definition = engine.getContext().fetchResource(StructureDefinition.class, url);
      if (definition == null) throw new IllegalArgumentException("profile not loaded: " + url);
      found.add(definition);
    }
    return found;
  }

  static JsonObject issue(String severity, String code, String messageId, String location, String text) {
    var issue = new JsonObject();
    issue.addProperty("severity", severity);
    issue.addProperty("code", code);
    issue.addProperty("messageId", messageId == null ? "" : messageId);
    issue.addProperty("location", location == null ? "" : location);
    issue.addProperty("text", text == null ? "" : text);
    return issue;
  }
}
