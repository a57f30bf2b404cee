// Takes commands as lines of JSON, and answers and tells events as such:
//   > {"id":1,"name":"alice","do":"start","way":{...}}      the first command to a name says how
//   < {"id":1,"result":...}   or   {"id":1,"error":"HttpRequestException: ..."}
//   < {"name":"alice","event":"message","data":{...}}
// Commands run beside each other. Ends with its input.
using System.Collections.Concurrent;
using System.Text.Json;

var web = new JsonSerializerOptions(JsonSerializerDefaults.Web);
var people = new ConcurrentDictionary<string, Person>();
var output = new Lock();

void Say(object line)
{
    var text = JsonSerializer.Serialize(line, web);
    lock (output) Console.WriteLine(text);
}

async Task Answer(JsonElement command)
{
    var id = command.GetProperty("id").GetInt32();
    try
    {
        var name = command.GetProperty("name").GetString()!;
        var person = people.GetOrAdd(name, _ =>
            new Person(command.GetProperty("way").Deserialize<Way>(web)!, (happened, data) => Say(new { name, @event = happened, data })));
        Say(new { id, result = await person.Do(command.GetProperty("do").GetString()!, command) });
    }
    catch (Exception error)
    {
        Say(new { id, error = $"{error.GetType().Name}: {error.Message}" });
    }
}

Say(new { ready = Environment.Version.ToString() });
while (Console.ReadLine() is { } line) _ = Answer(JsonDocument.Parse(line).RootElement);
