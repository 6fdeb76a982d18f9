import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Scanner;
import java.util.regex.Pattern;

/** For each line of "pattern text", both base64: whether the text is found. */
class Matches {
    public static void main(String[] arguments) {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            String[] coded = lines.nextLine().split(" ", 2);
            System.out.println(Pattern.compile(text(coded[0])).matcher(text(coded[1])).find());
        }
    }

    private static String text(String coded) {
        return new String(Base64.getDecoder().decode(coded), StandardCharsets.UTF_8);
    }
}
