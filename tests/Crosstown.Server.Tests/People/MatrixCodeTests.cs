using System.Diagnostics;
using Crosstown.Server.People.Pages;

namespace Crosstown.Server.Tests.People;

public sealed class MatrixCodeTests
{
    [Fact]
    public void A_picture_has_the_size_and_marks_of_its_version()
    {
        var small = MatrixCode.Encode("HELLO");
        var large = MatrixCode.Encode(new string('x', 150));

        Assert.Equal(21, small.Size);
        Assert.Equal(17 + (4 * 8), large.Size);
        foreach (var code in (MatrixCode[])[small, large])
        {
            foreach (var (x, y) in ((int, int)[])[(0, 0), (code.Size - 7, 0), (0, code.Size - 7)])
            {
                for (var i = 0; i < 7; i++)
                {
                    Assert.True(code[x + i, y] && code[x, y + i] && code[x + 6, y + i] && code[x + i, y + 6]);
                }

                Assert.False(code[x + 1, y + 1]);
                Assert.True(code[x + 3, y + 3]);
            }

            Assert.True(code[8, code.Size - 8]);
        }
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused() => Assert.Throws<ArgumentException>(() => MatrixCode.Encode(new string('x', 214)));

    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(105)]
    [InlineData(150)]
    [InlineData(213)]
    public void A_reader_that_is_not_ours_reads_the_picture(int length)
    {
        var program = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(d => Path.Combine(d, "zbarimg")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "zbarimg is not installed: it is the reader that this test asks.");
        var text = ("otpauth://totp/Crosstown:rosa?secret=" + new string('K', 213))[..length];
        var code = MatrixCode.Encode(text);
        const int scale = 4;
        const int border = 4;
        var size = (code.Size + (2 * border)) * scale;
        var path = Path.Combine(Path.GetTempPath(), $"crosstown-code-{Environment.ProcessId}-{length}.pgm");
        using (var picture = new FileStream(path, FileMode.Create))
        {
            picture.Write(System.Text.Encoding.ASCII.GetBytes($"P5 {size} {size} 255\n"));
            for (var i = 0; i < size * size; i++)
            {
                var (x, y) = ((i % size / scale) - border, (i / size / scale) - border);
                picture.WriteByte(x >= 0 && y >= 0 && x < code.Size && y < code.Size && code[x, y] ? (byte)0 : (byte)255);
            }
        }

        using var reader = Process.Start(new ProcessStartInfo(program!, ["--quiet", "--raw", path]) { RedirectStandardOutput = true })!;
        var read = reader.StandardOutput.ReadToEnd().TrimEnd('\n');
        reader.WaitForExit();
        File.Delete(path);
        Assert.Equal(text, read);
    }
}
