// Runs the rules of veraPDF over files: java -cp JAR ValidatePdf.java FLAVOUR=PROFILE.xml… -- FILE…
// Prints "FILE FLAVOUR PASS|FAIL ASSERTIONS", and a line for each rule that is broken.
//
// The profiles are read here and not by veraPDF, which would need a JAXB implementation that no JDK has any more.
import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class ValidatePdf {
  public static void main(String[] words) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    List<String> said = Arrays.asList(words);
    int files = said.indexOf("--");
    for (String asked : said.subList(0, files)) {
      PDFAFlavour flavour = PDFAFlavour.fromString(asked.split("=")[0]);
      ValidationProfile profile = profile(flavour, asked.split("=")[1]);
      for (String file : said.subList(files + 1, said.size())) validate(file, flavour, profile);
    }
  }

  static void validate(String file, PDFAFlavour flavour, ValidationProfile profile) throws Exception {
    try (InputStream bytes = new FileInputStream(file);
        PDFAParser parser = Foundries.defaultInstance().createParser(bytes, flavour)) {
      ValidationResult result = Foundries.defaultInstance().createValidator(profile, false).validate(parser);
      String verdict = result.isCompliant() ? "PASS" : "FAIL";
      System.out.println(file + " " + flavour.getId() + " " + verdict + " " + result.getTotalAssertions());
      Map<String, String> broken = new TreeMap<>();
      for (TestAssertion one : result.getTestAssertions())
        if (one.getStatus() == TestAssertion.Status.FAILED)
          broken.put(one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber(), one.getMessage());
      broken.forEach((rule, message) -> System.out.println("  " + rule + " " + message));
    }
  }

  static ValidationProfile profile(PDFAFlavour flavour, String name) throws Exception {
    Element root;
    try (InputStream xml = ValidatePdf.class.getClassLoader().getResourceAsStream(name)) {
      root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml).getDocumentElement();
    }
    Set<Rule> rules = new HashSet<>();
    for (Element rule : all(root, "rule")) {
      Element id = all(rule, "id").get(0);
      List<ErrorArgument> none = new ArrayList<>();
      rules.add(
          Profiles.ruleFromValues(
              Profiles.ruleIdFromValues(
                  PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                  id.getAttribute("clause"),
                  Integer.parseInt(id.getAttribute("testNumber"))),
              rule.getAttribute("object"),
              rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null,
              rule.getAttribute("tags"),
              text(rule, "description"),
              text(rule, "test"),
              Profiles.errorFromValues(text(rule, "message"), none),
              new ArrayList<>()));
    }
    Set<Variable> variables = new HashSet<>();
    for (Element one : all(root, "variable"))
      variables.add(
          Profiles.variableFromValues(
              one.getAttribute("name"), one.getAttribute("object"), text(one, "defaultValue"), text(one, "value")));
    return Profiles.profileFromValues(
        flavour, Profiles.profileDetailsFromValues(name, name, name, new Date(0)), "", rules, variables);
  }

  static List<Element> all(Element in, String name) {
    NodeList found = in.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int at = 0; at < found.getLength(); at++) elements.add((Element) found.item(at));
    return elements;
  }

  static String text(Element in, String name) {
    List<Element> found = all(in, name);
    return found.isEmpty() ? "" : found.get(0).getTextContent().trim();
  }
}
